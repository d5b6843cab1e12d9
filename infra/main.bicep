// Everything the functions need, for `azd up`: identity everywhere, no key in any setting.
targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the environment: part of every name, and a tag.')
param environmentName string

@minLength(1)
@description('Region of all resources. Flex Consumption is not in every region.')
param location string

@description('Object id of whoever deploys: administrator of the database, and of secrets.')
param principalId string

@description('Sign-in name of whoever deploys, shown as the administrator of the database.')
param principalName string

@allowed(['User', 'Group', 'ServicePrincipal'])
param principalType string = 'User'

@description('Where alerts go. Empty: nobody is told.')
param alertEmail string = ''

@description('Reach storage, vault and database over Private Link only.')
param usePrivateLink bool = false

@description('Prices per million tokens by model, as JSON (setting PRICES).')
param prices string = ''

@description('Hosts a callbackUrl may name, comma-separated (setting ALLOWED_CALLBACK_HOSTS).')
param allowedCallbackHosts string = ''

@description('Days after which prompt history is purged (setting HISTORY_DAYS). Empty: kept.')
param historyDays string = ''

@description('Connection of a user-assigned identity in role prompt_history_retention (setting RETENTION_DATABASE_URL). Empty: history is neither purged nor erased.')
param retentionDatabaseUrl string = ''

@description('Resource id of that identity, assigned to the app. Empty: the app has its own identity alone.')
param retentionIdentityId string = ''

@allowed(['Standard_LRS', 'Standard_ZRS'])
@description('Copies of what is stored: in one data centre, or in three. Not every region has three.')
param storageRedundancy string = 'Standard_LRS'

@minValue(0)
@maxValue(20)
@description('Instances that always run for HTTP: 1 spares the first request of the day a cold start.')
param alwaysReadyInstances int = 1

var abbreviations = loadJsonContent('./abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: '${abbreviations.resourcesResourceGroups}${environmentName}'
  location: location
  tags: tags
}

module monitoring './modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    location: location
    tags: tags
    workspaceName: '${abbreviations.operationalInsightsWorkspaces}${token}'
    insightsName: '${abbreviations.insightsComponents}${token}'
  }
}

module network './modules/network.bicep' = if (usePrivateLink) {
  name: 'network'
  scope: group
  params: {
    location: location
    tags: tags
    name: '${abbreviations.networkVirtualNetworks}${token}'
  }
}

module storage './modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    tags: tags
    name: '${abbreviations.storageStorageAccounts}${token}'
    publicAccess: !usePrivateLink
    redundancy: storageRedundancy
  }
}

module vault './modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    location: location
    tags: tags
    name: '${abbreviations.keyVaultVaults}${token}'
    publicAccess: !usePrivateLink
    administratorId: principalId
    administratorType: principalType
  }
}

module database './modules/database.bicep' = {
  name: 'database'
  scope: group
  params: {
    location: location
    tags: tags
    serverName: '${abbreviations.sqlServers}${token}'
    databaseName: 'prompt-history'
    publicAccess: !usePrivateLink
    administratorId: principalId
    administratorName: principalName
    administratorType: principalType
  }
}

module functions './modules/functions.bicep' = {
  name: 'functions'
  scope: group
  params: {
    location: location
    tags: union(tags, { 'azd-service-name': 'api' })
    planName: '${abbreviations.webServerFarms}${token}'
    appName: '${abbreviations.webSitesFunctions}${token}'
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    vaultUrl: vault.outputs.url
    serverName: database.outputs.serverName
    databaseName: database.outputs.databaseName
    insightsName: monitoring.outputs.insightsName
    subnetId: usePrivateLink ? network!.outputs.appSubnetId : ''
    alwaysReadyInstances: alwaysReadyInstances
    allowedCallbackHosts: allowedCallbackHosts
    historyDays: historyDays
    prices: prices
    retentionDatabaseUrl: retentionDatabaseUrl
    retentionIdentityId: retentionIdentityId
  }
}

module privateEndpoints './modules/private-endpoints.bicep' = if (usePrivateLink) {
  name: 'private-endpoints'
  scope: group
  params: {
    location: location
    tags: tags
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointSubnetId
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    serverName: database.outputs.serverName
  }
}

module events './modules/events.bicep' = {
  name: 'events'
  scope: group
  params: {
    location: location
    tags: tags
    topicName: '${abbreviations.eventGridSystemTopics}${token}'
    storageName: storage.outputs.name
  }
}

module alerts './modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    insightsName: monitoring.outputs.insightsName
    email: alertEmail
  }
}

module workbook './modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    location: location
    tags: tags
    insightsName: monitoring.outputs.insightsName
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = functions.outputs.name
output FUNCTION_APP_URL string = functions.outputs.url
output KEY_VAULT_NAME string = vault.outputs.name
output SQL_DATABASE_NAME string = database.outputs.databaseName
output SQL_SERVER_NAME string = database.outputs.serverName
output STORAGE_ACCOUNT_NAME string = storage.outputs.name
