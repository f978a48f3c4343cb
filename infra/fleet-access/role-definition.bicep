// The role for the fleet, defined once in the tenant and assignable on the subscriptions that are named.
targetScope = 'subscription'

param roleName string
param subscriptionIds array
param allowRemediation bool
param allowClusterWrites bool

var actions = loadJsonContent('../roles.json').fleet

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, roleName)
  properties: {
    roleName: roleName
    description: 'Flux extensions and configurations of clusters, and what Azure Policy says about them.'
    type: 'CustomRole'
    assignableScopes: map(subscriptionIds, id => '/subscriptions/${id}')
    permissions: [
      {
        actions: concat(
          actions.always,
          allowRemediation ? actions.remediation : [],
          allowClusterWrites ? actions.clusterWrites : []
        )
      }
    ]
  }
}

output name string = role.name
