// Gives an installation its role on a management group, and so on every subscription under it: `az deployment mg create`, docs/deploy.md.
targetScope = 'managementGroup'

@description('Object id of the identity: the output FLOTILLA_PRINCIPAL_ID of the installation.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Names the role. Names of roles are unique in a tenant.')
param roleName string = 'Flotilla fleet operator'

@description('Remediation tasks of Azure Policy: for bindings of mode remediate.')
param allowRemediation bool = false

@description('Writes to clusters themselves: only where Azure refuses Flux configurations without.')
param allowClusterWrites bool = false

var actions = loadJsonContent('../roles.json').fleet
var scope = managementGroup().id

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(scope, roleName)
  properties: {
    roleName: roleName
    description: 'Flux extensions and configurations of clusters, and what Azure Policy says about them.'
    type: 'CustomRole'
    assignableScopes: [scope]
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

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scope, principalId, roleName)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: role.id
  }
}
