// What somebody should look at today: history that waits, work that failed for good, a deployment that refuses its keys.
param location string
param tags object
param insightsName string
param email string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'cluedin-ai-alerts'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'cluedinai'
    enabled: true
    emailReceivers: [{ name: 'operations', emailAddress: email, useCommonAlertSchema: true }]
  }
}

// On figures, which are never sampled; docs/telemetry.md says what each of them is.
var rules = [
  {
    name: 'history-waits'
    description: 'Prompt history has waited in its outbox for more than five minutes: is SQL away?'
    query: 'customMetrics | where name == "cluedin.history.outbox.age" and valueMax > 300'
    dimensions: []
  }
  {
    name: 'work-failed'
    description: 'A drop, a mapping or a job failed for good: GET …/failures names its cause.'
    query: 'customMetrics | where name == "cluedin.failures" | extend organization = tostring(customDimensions["cluedin.organization.id"])'
    dimensions: [{ name: 'organization', operator: 'Include', values: ['*'] }]
  }
  {
    name: 'deployment-unauthorized'
    description: 'A deployment refuses both keys of an organization: rotate them in Key Vault.'
    query: 'customMetrics | where name == "cluedin.prompts" and customDimensions["error.type"] == "deployment_unauthorized" | extend organization = tostring(customDimensions["cluedin.organization.id"])'
    dimensions: [{ name: 'organization', operator: 'Include', values: ['*'] }]
  }
]

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: rule.name
    location: location
    tags: tags
    properties: {
      displayName: rule.name
      description: rule.description
      severity: 2
      enabled: true
      scopes: [insights.id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M' // rows that wait are looked at every ten minutes at the latest
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            dimensions: rule.dimensions
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: empty(email) ? [] : [people.id] }
      autoMitigate: true
    }
  }
]
