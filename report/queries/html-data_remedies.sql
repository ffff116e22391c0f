-- Remedies, as the page's data refers to them.
SELECT id, title, who, effort, plain FROM remedy ORDER BY id
