-- Lines that the page's data has.
SELECT count(*)
  FROM temp.html_line l
  CROSS JOIN temp.html_mac m ON m.device_id = l.device_id
