-- Commitments bought
-- question: Who committed us to pay for years?
-- category: Cost
-- parameter: days = 365: days to look back
--
-- Reserved instances and savings plans. They cannot be given back.

SELECT eventTime, eventName, userIdentity.arn AS principal, sourceIPAddress,
  element_at(requestParameters, 'commitment') AS commitment_per_hour,
  element_at(requestParameters, 'instanceCount') AS instances, coalesce(errorCode, 'done') AS outcome
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now())
  AND regexp_like(eventName, '^(Purchase.*(Offering|Reserv)|CreateSavingsPlan|PurchaseHostReservation)')
ORDER BY eventTime DESC
