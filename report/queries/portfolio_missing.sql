-- Clients of earlier periods that have no Mac in this one.
SELECT client AS name, last_period FROM temp.portfolio_missing ORDER BY rowid
