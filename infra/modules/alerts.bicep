// What somebody has to look at. What each alert means and what to do about it: docs/deploy.md.
param prefix string
param location string
param tags object
param workspaceId string
param serviceBusId string
param actionGroupIds array

var logAlerts = [
  {
    name: 'dead-letters'
    title: 'Flotilla: messages died'
    query: loadTextContent('../alerts/dead-letters.kql')
    severity: 1
    every: 'PT5M'
    window: 'PT10M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'overdue'
    title: 'Flotilla: rollouts or definitions are overdue'
    query: loadTextContent('../alerts/overdue.kql')
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'throttled'
    title: 'Flotilla: many calls are answered with 429'
    query: loadTextContent('../alerts/throttled.kql')
    severity: 2
    every: 'PT5M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'failed-sweeps'
    title: 'Flotilla: sweeps fail'
    query: loadTextContent('../alerts/failed-sweeps.kql')
    severity: 2
    every: 'PT15M'
    window: 'PT1H'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'no-sweeps'
    title: 'Flotilla: the fleet is not swept'
    query: loadTextContent('../alerts/no-sweeps.kql')
    severity: 2
    every: 'PT30M'
    window: 'PT3H'
    operator: 'LessThan'
    threshold: 1
  }
]

var metricAlerts = [
  {
    name: 'dead-letters-left'
    description: 'Messages stay in a dead-letter queue: requests that nobody looked at, or handlers that do not get to them.'
    metric: 'DeadletteredMessages'
    severity: 1
    aggregation: 'Maximum'
    threshold: 0
  }
  {
    name: 'service-bus-throttled'
    description: 'Service Bus turns requests away. A namespace of the Standard tier takes 1,000 credits a second.'
    metric: 'ThrottledRequests'
    severity: 2
    aggregation: 'Total'
    threshold: 100
  }
]

resource logRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: '${prefix}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.title
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.window
      // Before the first line is logged the workspace has no such table.
      skipQueryValidation: true
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: actionGroupIds }
    }
  }
]

resource metricRules 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in metricAlerts: {
    name: '${prefix}-${alert.name}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [serviceBusId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alert.name
            metricNamespace: 'Microsoft.ServiceBus/namespaces'
            metricName: alert.metric
            // Every queue by itself, those of later releases too.
            dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
            operator: 'GreaterThan'
            threshold: alert.threshold
            timeAggregation: alert.aggregation
          }
        ]
      }
      actions: map(actionGroupIds, id => { actionGroupId: id })
    }
  }
]
