-- Run when the lines are there.
CREATE INDEX temp.html_line_mac ON html_line (device_id);
