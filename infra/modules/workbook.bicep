// What the app tells of itself, in one place: prompts, tokens, cost, throttling, queues, failures, slow tries.
param location string
param tags object
param insightsName string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(insights.id, 'cluedin-ai')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    category: 'workbook'
    displayName: 'CluedIn AI'
    sourceId: insights.id
    serializedData: loadTextContent('../workbook.json')
    version: '1.0'
  }
}
