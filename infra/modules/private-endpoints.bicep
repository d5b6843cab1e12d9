// Storage, vault and database inside the network, found by their usual names.
param location string
param tags object
param networkId string
param subnetId string
param storageName string
param vaultName string
param serverName string

var endpoints = [
  { name: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}', target: resourceId('Microsoft.Storage/storageAccounts', storageName) }
  { name: 'queue', zone: 'privatelink.queue.${environment().suffixes.storage}', target: resourceId('Microsoft.Storage/storageAccounts', storageName) }
  { name: 'table', zone: 'privatelink.table.${environment().suffixes.storage}', target: resourceId('Microsoft.Storage/storageAccounts', storageName) }
  { name: 'vault', zone: 'privatelink.vaultcore.azure.net', target: resourceId('Microsoft.KeyVault/vaults', vaultName) }
  { name: 'sqlServer', zone: 'privatelink${environment().suffixes.sqlServerHostname}', target: resourceId('Microsoft.Sql/servers', serverName) }
]

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for each in endpoints: {
    name: each.zone
    location: 'global'
    tags: tags
  }
]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (each, index) in endpoints: {
    parent: zone[index]
    name: 'network'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: networkId }
    }
  }
]

resource endpoint 'Microsoft.Network/privateEndpoints@2024-01-01' = [
  for each in endpoints: {
    name: 'pe-${each.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        {
          name: each.name
          properties: { privateLinkServiceId: each.target, groupIds: [each.name] }
        }
      ]
    }
  }
]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-01-01' = [
  for (each, index) in endpoints: {
    parent: endpoint[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: each.name, properties: { privateDnsZoneId: zone[index].id } }]
    }
  }
]
