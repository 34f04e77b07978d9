-- Ways into instances
-- question: Who opened a shell, a console or a password of a machine?
-- category: Compute
-- technique: T1021.008 Remote Services: Direct Cloud VM Connections
-- parameter: days = 30: days to look back
--
-- Sessions of Systems Manager, SSH keys pushed, serial consoles, passwords of Windows and screenshots. All of these pass
-- by the network and its firewalls.

SELECT eventTime, eventName, userIdentity.arn AS principal, sourceIPAddress,
  coalesce(element_at(requestParameters, 'target'), element_at(requestParameters, 'instanceId'),
    json_extract_scalar(element_at(requestParameters, 'GetConsoleScreenshotRequest'), '$.InstanceId')) AS instance,
  element_at(requestParameters, 'instanceOSUser') AS os_user
FROM $EDS_ID
WHERE eventTime >= date_add('day', -?, now()) AND errorCode IS NULL
  AND eventName IN ('StartSession', 'ResumeSession', 'SendSSHPublicKey', 'SendSerialConsoleSSHPublicKey',
      'EnableSerialConsoleAccess',
    'GetPasswordData', 'GetConsoleScreenshot', 'GetConsoleOutput', 'CreateInstanceConnectEndpoint')
ORDER BY eventTime DESC
LIMIT 500
