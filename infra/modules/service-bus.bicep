// The queues of the application: infra/queues.json, which a test holds against src/contracts/queues.ts.
param name string
param location string
param tags object
param sku string
param publicAccess bool
param principalId string
param workspaceId string

var roles = loadJsonContent('../roles.json').builtIn
var queueSpecs = loadJsonContent('../queues.json')

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
    tier: sku
    capacity: sku == 'Premium' ? 1 : null
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
  }
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for queue in queueSpecs: {
    parent: namespace
    name: queue.name
    properties: {
      lockDuration: 'PT${queue.lockDurationSeconds / 60}M'
      maxDeliveryCount: queue.maxDeliveryCount
      requiresDuplicateDetection: queue.duplicateDetectionSeconds > 0
      duplicateDetectionHistoryTimeWindow: queue.duplicateDetectionSeconds > 0
        ? 'PT${queue.duplicateDetectionSeconds / 60}M'
        : null
      defaultMessageTimeToLive: 'P${queue.defaultTimeToLiveSeconds / 86400}D'
      // What nobody took in time is seen and told of, like what failed every time.
      deadLetteringOnMessageExpiration: true
      requiresSession: queue.requiresSession
    }
  }
]

// Owner, since the scaler reads lengths of queues, which takes the right to manage them; on queues only, so that it cannot make others.
resource dataOwners 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, i) in queueSpecs: {
    name: guid(namespace.id, queue.name, principalId, roles.serviceBusDataOwner)
    scope: queues[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataOwner)
    }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'flotilla'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'OperationalLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = namespace.id
output name string = namespace.name
