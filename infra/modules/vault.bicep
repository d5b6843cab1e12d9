// Each organization's secrets, and admin-key. Roles, not access policies; deleted secrets can be had back.
param location string
param tags object
param name string
param publicAccess bool
param administratorId string
param administratorType string

var secretsOfficer = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7')

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: publicAccess ? 'Allow' : 'Deny'
    }
  }
}

resource administrator 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, administratorId, secretsOfficer)
  scope: vault
  properties: {
    principalId: administratorId
    principalType: administratorType
    roleDefinitionId: secretsOfficer
  }
}

output name string = vault.name
output url string = vault.properties.vaultUri
