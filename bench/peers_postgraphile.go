package main

// postGraphileDocument returns an operation in the schema that PostGraphile makes of the tables. Its page sizes are
// LAZI's; technicians come in the order of their assignments.
func postGraphileDocument(operation string) string {
	switch operation {
	case nestedOp:
		return `query Nested($after: String!) {
  customers: allCustomers(first: 20, orderBy: PRIMARY_KEY_ASC, condition: {tenantId: "1", deletedAt: null, after: $after}) {
    nodes {
      externalId: stId name balance address
      locations(first: 25, orderBy: PRIMARY_KEY_ASC, condition: {deletedAt: null}) {
        nodes {
          externalId: stId name address
          jobs(first: 5, orderBy: PRIMARY_KEY_ASC, condition: {deletedAt: null}) {
            nodes {
              externalId: stId number: jobNumber status: jobStatus summary
              appointments(first: 25, orderBy: [START_TIME_ASC, PRIMARY_KEY_ASC], condition: {deletedAt: null}) {
                nodes {
                  externalId: stId start: startTime end: endTime status
                  assignments(condition: {active: true, deletedAt: null}) {
                    nodes { technician { externalId: stId name deletedAt } }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}`
	case wideOp:
		return `query Wide($after: String!) {
  customers: allCustomers(first: 200, orderBy: PRIMARY_KEY_ASC, condition: {tenantId: "1", deletedAt: null, after: $after}) {
    nodes {
      externalId: stId name type phone email balance active
      createdAt: createdOn modifiedAt: modifiedOn syncedAt: fetchedAt
    }
  }
}`
	default:
		return `query Small($id: BigInt!) {
  customer: customerByTenantIdAndStId(tenantId: "1", stId: $id) { externalId: stId name type email balance deletedAt }
}`
	}
}

func askPostGraphile(o operation, p place) any {
	return map[string]any{"query": postGraphileDocument(o.name), "variables": peerVariables(o, p)}
}
