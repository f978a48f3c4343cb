// The fleet and the rollouts on one page of the portal: infra/workbook.json.
param location string
param tags object
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'flotilla')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Flotilla'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string(union(loadJsonContent('../workbook.json'), { fallbackResourceIds: [workspaceId] }))
  }
}
