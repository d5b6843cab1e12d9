// The app's own account: its queues, tables and containers. No keys: identities only.
param location string
param tags object
param name string
param publicAccess bool
param redundancy string

var queues = [
  'data-drops'
  'mapping-results'
  'mapping-jobs'
  'value-batches'
  'prompt-history'
  'callbacks'
  'vocabulary-index'
]
var tables = ['FeatureFlags', 'FlagChanges', 'Mappings', 'Failures', 'Idempotency', 'OrganizationSettings', 'Erasures', 'Retention', 'ValueAnswers', 'ValueJobs']
var containers = ['deployments', 'drops', 'mappings', 'results', 'payloads', 'checkpoints', 'vocabularies', 'reviews']

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: publicAccess ? 'Allow' : 'Deny'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: 7 }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [
  for each in containers: {
    parent: blobs
    name: each
    properties: { publicAccess: 'None' }
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' = [
  for each in queues: {
    parent: queueService
    name: each
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2023-05-01' = [
  for each in tables: {
    parent: tableService
    name: each
  }
]

output name string = account.name
