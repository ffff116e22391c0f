-- The shortest way to each goal that is not reached yet.
SELECT way, goal, sentence FROM temp.html_way ORDER BY way
