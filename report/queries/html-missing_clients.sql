-- Clients of earlier periods of which this one has nothing.
SELECT client AS name, last_period FROM temp.html_missing ORDER BY rowid
