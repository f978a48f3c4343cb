/** The regions of a generated fleet: as resources name them, as provider registrations name them, and short for names. */
export const REGIONS = [
  { name: 'westeurope', displayName: 'West Europe', short: 'weu' },
  { name: 'northeurope', displayName: 'North Europe', short: 'neu' },
  { name: 'germanywestcentral', displayName: 'Germany West Central', short: 'gwc' },
  { name: 'eastus', displayName: 'East US', short: 'eus' },
  { name: 'westus2', displayName: 'West US 2', short: 'wus2' },
  { name: 'southeastasia', displayName: 'Southeast Asia', short: 'sea' },
] as const;
