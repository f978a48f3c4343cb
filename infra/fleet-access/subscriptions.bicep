// Gives an installation its role on subscriptions. Whoever owns them can run it alone: `az deployment sub create`, docs/deploy.md.
targetScope = 'subscription'

@description('Object id of the identity: the output FLOTILLA_PRINCIPAL_ID of the installation.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Ids of the subscriptions with the clusters. The role is defined in the first.')
@minLength(1)
param subscriptionIds array

@description('Names the role. Names of roles are unique in a tenant.')
param roleName string = 'Flotilla fleet operator'

@description('Remediation tasks of Azure Policy: for bindings of mode remediate.')
param allowRemediation bool = false

@description('Writes to clusters themselves: only where Azure refuses Flux configurations without.')
param allowClusterWrites bool = false

module definition 'role-definition.bicep' = {
  name: 'flotilla-fleet-role'
  scope: subscription(subscriptionIds[0])
  params: {
    roleName: roleName
    subscriptionIds: subscriptionIds
    allowRemediation: allowRemediation
    allowClusterWrites: allowClusterWrites
  }
}

module assignments 'role-assignment.bicep' = [
  for id in subscriptionIds: {
    name: 'flotilla-fleet-access'
    scope: subscription(id)
    params: { principalId: principalId, roleDefinitionName: definition.outputs.name }
  }
]
