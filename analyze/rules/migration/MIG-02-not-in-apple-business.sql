-- id: MIG-02
-- title: Not in Apple Business, or there on trial only
-- scope: device
-- severity: high
-- uses: migration
-- loses:
-- facts: in_abm
-- why: A deadline for the move cannot be set for this Mac.
-- fix: R13
-- Only Macs added by hand have a trial period; an unknown one counts as none.
SELECT device_id,
       COALESCE(p_route, 'in-place') = 'in-place'      AS applies,
       NOT in_abm
         OR (provisional_until > COALESCE(p_planned_day, as_of)) IS TRUE
                                                       AS fails,
       CASE
         WHEN NOT in_abm
         THEN 'the Mac is not in Apple Business'
         WHEN in_abm
         THEN 'the trial period in Apple Business is not over on the day of '
              || 'the move'
         ELSE 'whether the Mac is in Apple Business is not known'
       END                                             AS evidence
  FROM device_posture
