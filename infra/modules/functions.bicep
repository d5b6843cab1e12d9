// The app on Linux Flex Consumption, with an identity of its own and just the roles it needs.
param location string
param tags object
param planName string
param appName string
param storageName string
param vaultName string
param vaultUrl string
param serverName string
param databaseName string
param insightsName string
param subnetId string
param alwaysReadyInstances int
param allowedCallbackHosts string
param historyDays string
param prices string
param retentionDatabaseUrl string
param retentionIdentityId string

var roles = {
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

// With the retention role's identity beside its own, if there is one.
var both = { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { '${retentionIdentityId}': {} } }
var identity = empty(retentionIdentityId) ? { type: 'SystemAssigned' } : both

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: appName
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: identity
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}deployments'
          authentication: { type: 'SystemAssignedIdentity' }
        }
      }
      runtime: { name: 'python', version: '3.11' }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: 40
        // A request mostly waits for the deployment: 500 prompts in flight were measured in one worker. 100 leaves room
        // for what computes, a mapping of a large file among them, before another instance is started.
        triggers: { http: { perInstanceConcurrency: 100 } }
        alwaysReady: alwaysReadyInstances == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyInstances }]
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: {
      AzureWebJobsStorage__accountName: account.name
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD'
      TELEMETRY_FILE: ''
      KEY_VAULT_URL: vaultUrl
      KEY_VAULT_VERIFY_CHALLENGE: 'true'
      DATABASE_URL: 'Driver={ODBC Driver 18 for SQL Server};Server=tcp:${serverName}${environment().suffixes.sqlServerHostname},1433;Database=${databaseName};Encrypt=yes'
      RETENTION_DATABASE_URL: retentionDatabaseUrl
      ENVIRONMENT: 'production'
      ALLOWED_DEPLOYMENT_HOSTS: ''
      ALLOW_LOOPBACK_DEPLOYMENTS: 'false'
      ALLOWED_CALLBACK_HOSTS: allowedCallbackHosts
      SAMPLES: 'full'
      SYNC_DEADLINE_SECONDS: '60'
      HTTP_DEADLINE_SECONDS: '210'
      PROMPT_TIMEOUT_SECONDS: '120'
      INTERACTIVE_SHARE: '0.3'
      CREDENTIALS_CACHE_SECONDS: '60'
      MAPPING_DAYS: '30'
      FAILURE_DAYS: '90'
      HISTORY_DAYS: historyDays
      PRICES: prices
      CURRENCY: 'USD'
    }
  }
}

resource onStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [roles.blobOwner, roles.queueContributor, roles.tableContributor]: {
    name: guid(account.id, app.id, role)
    scope: account
    properties: {
      principalId: app.identity.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource onVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, app.id, roles.secretsUser)
  scope: vault
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.secretsUser)
  }
}

resource onInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, app.id, roles.metricsPublisher)
  scope: insights
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.metricsPublisher)
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
