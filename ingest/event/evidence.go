package event

// Evidence is the family of AWS Audit Manager's evidence: what was found out about
// a control of an assessment.
var Evidence = newFamily("evidence", evidenceFields(),
	[]string{"eventdata.assessmentid", "eventdata.controlid", "eventdata.datasource", "eventtime"},
	[]string{"eventid", "eventdata.evidenceid", "eventdata.evidencefolderid", "eventdata.resourcearn"})

// evidenceFields is the published schema in its order (user guide, supported schema
// for AWS Audit Manager evidence record fields). The ids are permanent.
func evidenceFields() []field {
	return append(envelope(),
		field{id: 500, name: "eventdata", key: eventDataKey, kind: object, sub: []field{
			{id: 501, name: "attributes", key: "attributes", kind: freeform, key2: 502, val2: 503},
			{id: 504, name: "awsaccountid", key: "awsAccountId"},
			{id: 505, name: "awsorganization", key: "awsOrganization"},
			{id: 506, name: "compliancecheck", key: "complianceCheck"},
			{id: 507, name: "datasource", key: "dataSource"},
			{id: 508, name: "eventname", key: "eventName"},
			{id: 509, name: "eventsource", key: "eventSource"},
			{id: 510, name: "evidenceawsaccountid", key: "evidenceAwsAccountId"},
			{id: 511, name: "evidencebytype", key: "evidenceByType"},
			{id: 512, name: "iamid", key: "iamId"},
			{id: 513, name: "evidenceid", key: "evidenceId"},
			{id: 514, name: "time", key: "time", kind: moment},
			{id: 515, name: "assessmentid", key: "assessmentId"},
			{id: 516, name: "controlsetid", key: "controlSetId"},
			{id: 517, name: "controlid", key: "controlId"},
			{id: 518, name: "controlname", key: "controlName"},
			{id: 519, name: "controldomainname", key: "controlDomainName"},
			{id: 520, name: "frameworkname", key: "frameworkName"},
			{id: 521, name: "frameworkid", key: "frameworkId"},
			{id: 522, name: "service", key: "service"},
			{id: 523, name: "servicecategory", key: "serviceCategory"},
			{id: 524, name: "resourcearn", key: "resourceArn"},
			{id: 525, name: "resourcetype", key: "resourceType"},
			{id: 526, name: "evidencefolderid", key: "evidenceFolderId"},
			{id: 527, name: "description", key: "description"},
			{id: 528, name: "manualevidences3resourcepath", key: "manualEvidenceS3ResourcePath"},
			{id: 529, name: "evidencefoldername", key: "evidenceFolderName"},
			{id: 530, name: "resourcecompliancecheck", key: "resourceComplianceCheck"},
		}},
		payload)
}
