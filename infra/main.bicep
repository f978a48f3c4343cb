// One installation of Flotilla: `azd up`, or `az deployment sub create`. Parameters and variants: docs/deploy.md.
targetScope = 'subscription'

@description('Names the installation. Part of the names of what is created.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of everything that is created. It has to offer Flex Consumption.')
@minLength(1)
param location string

@description('Resource group of the installation. It is created when it does not exist.')
@minLength(1)
@maxLength(90)
param resourceGroupName string = 'rg-${environmentName}'

@description('Subscriptions with the clusters of the fleet: ids, separated by commas.')
@minLength(36)
param fleetSubscriptions string

@description('Whether this deployment gives the identity its role on those subscriptions. False where another team does it (infra/fleet-access).')
param grantFleetAccess bool = true

@description('Whether the identity may create and cancel remediation tasks of Azure Policy. Needed for bindings of mode remediate only.')
param allowRemediation bool = false

@description('Whether the identity may write to clusters themselves. Only where Azure refuses Flux configurations without it (docs/deploy.md).')
param allowClusterWrites bool = false

@description('Tier of Service Bus. With private endpoints it is Premium in any case, since Standard has none.')
@allowed(['Standard', 'Premium'])
param serviceBusSku string = 'Standard'

@description('Redundancy of the storage account that holds the state.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Closes storage, Key Vault and Service Bus to public networks and reaches them through private endpoints in a network of its own.')
param privateEndpoints bool = false

@description('With privateEndpoints: closes the API to public networks too. Webhooks of public Git hosts do not get in then.')
param privateInbound bool = false

@description('With privateEndpoints: addresses of the network, at least a /25.')
param networkPrefix string = '10.90.0.0/24'

@description('Creates a key vault for the secrets that rollouts carry to clusters.')
param createFleetVault bool = true

@description('Host names of other key vaults whose secrets rollouts may carry, separated by commas. The identity needs Key Vault Secrets User on them.')
param fleetVaultHosts string = ''

@description('True after a teardown, to get back the key vaults that Azure still keeps under their names.')
param recoverKeyVaults bool = false

@description('Setting FLOTILLA_FLUX_API_VERSIONS: for clouds that lack an api-version.')
param fluxApiVersions string = ''

@description('Setting FLOTILLA_GIT_HOSTS; empty stands for the public hosts.')
param gitHosts string = ''

@description('Setting FLOTILLA_PUBLIC_URL: where links lead, when there is a name other than that of the function app.')
param publicUrl string = ''

@description('Setting FLOTILLA_NOTIFY_URL: a URL that is no secret, or a reference to a secret that holds it.')
param notifyUrl string = ''

@description('Setting FLOTILLA_NOTIFY_KEY: a reference to a secret, never the key.')
param notifyKey string = ''

@description('Setting FLOTILLA_AUTH_TENANTS: tenants whose people and applications may sign in, separated by commas.')
param authTenants string = ''

@description('Setting FLOTILLA_AUTH_AUDIENCES: client id of the registration in Entra ID.')
param authAudiences string = ''

@description('Setting FLOTILLA_AUTH_EASY_AUTH: trusted only where the authentication of App Service was turned on for the app.')
@allowed(['ignored', 'trusted'])
param authEasyAuth string = 'ignored'

@description('Setting FLOTILLA_API_KEYS: hashes of the keys of machines, never the keys.')
param apiKeys string = ''

@description('Setting FLOTILLA_GRANTS: who may change what, as JSON.')
param grants string = ''

@description('Setting OTEL_EXPORTER_OTLP_ENDPOINT: a collector that gets traces and metrics beside Application Insights.')
param otlpEndpoint string = ''

@description('Setting OTEL_EXPORTER_OTLP_HEADERS: a Key Vault reference of App Service, never the headers themselves.')
param otlpHeaders string = ''

@description('Setting OTEL_TRACES_SAMPLER_ARG: share of rollouts that are traced, from 0 to 1; empty stands for all.')
param traceShare string = ''

@description('Memory of an instance; 4096 has the two cores that host.json is set for.')
@allowed([2048, 4096])
param instanceMemoryMB int = 4096

@description('Most instances at a time.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('How long logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Action groups that alerts go to: resource ids, separated by commas. Without one, alerts show in the portal only.')
param actionGroupIds string = ''

var token = uniqueString(subscription().id, environmentName, location)
var names = {
  alerts: 'flotilla'
  fleetVault: 'kv-fleet-${token}'
  functionApp: 'func-flotilla-${token}'
  identity: 'id-flotilla-${token}'
  insights: 'appi-flotilla-${token}'
  logs: 'log-flotilla-${token}'
  network: 'vnet-flotilla-${token}'
  ownVault: 'kv-own-${token}'
  plan: 'plan-flotilla-${token}'
  serviceBus: 'sb-flotilla-${token}'
  storage: 'stflotilla${token}'
}
var tags = { 'azd-env-name': environmentName }
var subscriptionIds = map(split(fleetSubscriptions, ','), id => toLower(trim(id)))
var otherVaultHosts = filter(map(split(fleetVaultHosts, ','), host => toLower(trim(host))), host => !empty(host))
var actionGroups = filter(map(split(actionGroupIds, ','), id => trim(id)), id => !empty(id))
var zones = loadJsonContent('private-link-zones.json')[environment().name]

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: { name: names.identity, location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    logsName: names.logs
    insightsName: names.insights
    location: location
    tags: tags
    retentionDays: logRetentionDays
    principalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: names.storage
    location: location
    tags: tags
    sku: storageSku
    publicAccess: !privateEndpoints
    principalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  name: 'service-bus'
  scope: group
  params: {
    name: names.serviceBus
    location: location
    tags: tags
    sku: privateEndpoints ? 'Premium' : serviceBusSku
    publicAccess: !privateEndpoints
    principalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module ownVault 'modules/key-vault.bicep' = {
  name: 'own-vault'
  scope: group
  params: {
    name: names.ownVault
    location: location
    tags: tags
    recover: recoverKeyVaults
    publicAccess: !privateEndpoints
    principalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module fleetVault 'modules/key-vault.bicep' = if (createFleetVault) {
  name: 'fleet-vault'
  scope: group
  params: {
    name: names.fleetVault
    location: location
    tags: tags
    recover: recoverKeyVaults
    publicAccess: !privateEndpoints
    principalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module network 'modules/network.bicep' = if (privateEndpoints) {
  name: 'network'
  scope: group
  params: { name: names.network, location: location, tags: tags, prefix: networkPrefix, zones: zones }
}

module dataEndpoints 'modules/private-endpoints.bicep' = if (privateEndpoints) {
  name: 'data-endpoints'
  scope: group
  params: {
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    targets: concat(
      [
        { name: '${names.storage}-blob', targetId: storage.outputs.id, groupId: 'blob', zone: zones.blob }
        { name: '${names.storage}-table', targetId: storage.outputs.id, groupId: 'table', zone: zones.table }
        { name: names.serviceBus, targetId: serviceBus.outputs.id, groupId: 'namespace', zone: zones.serviceBus }
        { name: names.ownVault, targetId: ownVault.outputs.id, groupId: 'vault', zone: zones.vault }
      ],
      createFleetVault
        ? [{ name: names.fleetVault, targetId: fleetVault!.outputs.id, groupId: 'vault', zone: zones.vault }]
        : []
    )
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  scope: group
  params: {
    name: names.functionApp
    planName: names.plan
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    deploymentContainer: storage.outputs.deploymentContainer
    serviceBusName: serviceBus.outputs.name
    ownVaultName: ownVault.outputs.name
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    subnetId: privateEndpoints ? network!.outputs.appSubnetId : ''
    publicAccess: !(privateEndpoints && privateInbound)
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    fleetSubscriptions: subscriptionIds
    fleetVaultHosts: concat(createFleetVault ? [fleetVault!.outputs.host] : [], otherVaultHosts)
    fluxApiVersions: fluxApiVersions
    gitHosts: gitHosts
    publicUrl: publicUrl
    notifyUrl: notifyUrl
    notifyKey: notifyKey
    authTenants: authTenants
    authAudiences: authAudiences
    authEasyAuth: authEasyAuth
    apiKeys: apiKeys
    grants: grants
    otlpEndpoint: otlpEndpoint
    otlpHeaders: otlpHeaders
    traceShare: traceShare
  }
  // The app starts as soon as it exists, and finds nothing before these are there.
  dependsOn: [dataEndpoints]
}

module appEndpoint 'modules/private-endpoints.bicep' = if (privateEndpoints && privateInbound) {
  name: 'app-endpoint'
  scope: group
  params: {
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    targets: [{ name: names.functionApp, targetId: functionApp.outputs.id, groupId: 'sites', zone: zones.sites }]
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    prefix: names.alerts
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
    actionGroupIds: actionGroups
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: { location: location, tags: tags, workspaceId: monitoring.outputs.workspaceId }
}

module fleetAccess 'fleet-access/subscriptions.bicep' = if (grantFleetAccess) {
  name: 'fleet-access-${token}'
  params: {
    subscriptionIds: subscriptionIds
    principalId: identity.outputs.principalId
    roleName: 'Flotilla fleet operator (${environmentName})'
    allowRemediation: allowRemediation
    allowClusterWrites: allowClusterWrites
  }
}

@description('Resource group of the installation.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Azure Resource Manager of this cloud, for tools/hash-key.ts.')
output FLOTILLA_ARM string = environment().resourceManager

@description('Name of the function app.')
output FLOTILLA_APP_NAME string = functionApp.outputs.name

@description('Id of the function app, for tools/hash-key.ts.')
output FLOTILLA_APP_ID string = functionApp.outputs.id

@description('Base of the API without /api.')
output FLOTILLA_URL string = functionApp.outputs.url

@description('Object id of the identity: what infra/fleet-access and other vaults are given.')
output FLOTILLA_PRINCIPAL_ID string = identity.outputs.principalId

@description('Id of the vault of the installation itself, for tools/hash-key.ts.')
output FLOTILLA_OWN_VAULT_ID string = ownVault.outputs.id

@description('Vault for secrets of rollouts; empty without one.')
output FLOTILLA_FLEET_VAULT string = createFleetVault ? fleetVault!.outputs.host : ''
