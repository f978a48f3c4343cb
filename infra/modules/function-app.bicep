// The application: Flex Consumption, Node 22, no key anywhere. A test holds the settings against src/config.ts.
param name string
param planName string
param location string
param tags object
param identityId string
param identityClientId string
param storageName string
param deploymentContainer string
param serviceBusName string
param ownVaultName string
param insightsName string
param workspaceId string

@description('Subnet that the app calls out from; empty without a network of its own.')
param subnetId string
param publicAccess bool
param instanceMemoryMB int
param maximumInstanceCount int
param fleetSubscriptions array
param fleetVaultHosts array
param fluxApiVersions string
param gitHosts string
param publicUrl string
param notifyUrl string
param notifyKey string
param authTenants string
param authAudiences string
param authEasyAuth string
param apiKeys string
param grants string
param otlpEndpoint string
param otlpHeaders string
param traceShare string

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource ownVault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: ownVaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// 'https://NAME.servicebus.windows.net:443/', in the words of each cloud.
var serviceBusHost = split(replace(serviceBus.properties.serviceBusEndpoint, 'https://', ''), ':')[0]

// What the setting calls each cloud.
var clouds = {
  AzureCloud: 'public'
  AzureUSGovernment: 'usgovernment'
  AzureChinaCloud: 'china'
}

// What src/config.ts reads.
var applicationSettings = {
  FLOTILLA_SUBSCRIPTIONS: join(fleetSubscriptions, ',')
  FLOTILLA_CLOUD: clouds[environment().name]
  FLOTILLA_ARM_ENDPOINT: environment().resourceManager
  FLOTILLA_HASH_KEY: '@Microsoft.KeyVault(SecretUri=${ownVault.properties.vaultUri}secrets/hash-key)'
  FLOTILLA_KEY_VAULTS: join(fleetVaultHosts, ',')
  FLOTILLA_FLUX_API_VERSIONS: fluxApiVersions
  FLOTILLA_GIT_HOSTS: gitHosts
  FLOTILLA_PUBLIC_URL: publicUrl
  FLOTILLA_NOTIFY_URL: notifyUrl
  FLOTILLA_NOTIFY_KEY: notifyKey
  FLOTILLA_AUTH_TENANTS: authTenants
  FLOTILLA_AUTH_AUDIENCES: authAudiences
  FLOTILLA_AUTH_AUTHORITY: environment().authentication.loginEndpoint
  FLOTILLA_AUTH_EASY_AUTH: authEasyAuth
  FLOTILLA_API_KEYS: apiKeys
  FLOTILLA_GRANTS: grants
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint
  OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders
  OTEL_TRACES_SAMPLER_ARG: traceShare
  // The Functions host reads it too.
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  ServiceBus__fullyQualifiedNamespace: serviceBusHost
  Tables__endpoint: storage.properties.primaryEndpoints.table
  AZURE_CLIENT_ID: identityClientId
}

// What the Functions host and libraries read.
var hostSettings = {
  AzureWebJobsStorage__blobServiceUri: storage.properties.primaryEndpoints.blob
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  ServiceBus__credential: 'managedidentity'
  ServiceBus__clientId: identityClientId
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // The exporter would tell Microsoft how it is doing, over hosts that a restricted network does not let out.
  APPLICATION_INSIGHTS_NO_STATSBEAT: 'true'
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
  name: name
  location: location
  // azd finds the app by this tag: the name of the service in azure.yaml.
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', ftpsState: 'Disabled' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: { instanceMemoryMB: instanceMemoryMB, maximumInstanceCount: maximumInstanceCount }
      runtime: { name: 'node', version: '22' }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(applicationSettings, hostSettings)
}

// No publishing with user name and password.
resource publishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [
  for way in ['ftp', 'scm']: {
    parent: app
    name: way
    properties: { allow: false }
  }
]

// Logs of the app reach the same workspace through Application Insights.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'flotilla'
  scope: app
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
