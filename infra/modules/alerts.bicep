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

var rules = [
  {
    name: 'history-waits'
    description: 'Prompt history has waited in its outbox: is SQL away?'
    query: 'traces | where message has "queue.put_back" and message has "prompt-history" | summarize oldest = min(timestamp) by bin(timestamp, 5m) | where oldest < ago(5m)'
  }
  {
    name: 'work-failed'
    description: 'A drop, a mapping or a job failed for good: GET …/failures names its cause.'
    query: 'traces | where message has "failure.recorded"'
  }
  {
    name: 'deployment-unauthorized'
    description: 'A deployment refuses both keys of an organization: rotate them in Key Vault.'
    query: 'traces | where message has "prompt.ended" and message has "unauthorized"'
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
      windowSize: 'PT10M'
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
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
