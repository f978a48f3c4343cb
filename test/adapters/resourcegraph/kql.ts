import '@kusto/language-service-next/bridge.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.js';

const COLUMNS =
  '(id:string, name:string, type:string, tenantId:string, location:string, resourceGroup:string, subscriptionId:string, ' +
  'managedBy:string, sku:dynamic, plan:dynamic, properties:dynamic, tags:dynamic, identity:dynamic, zones:dynamic, extendedLocation:dynamic, systemData:dynamic)';

/** What Microsoft's own Kusto parser says about a query against the tables of Resource Graph; empty when it is sound. */
export function kqlErrors(query: string): string[] {
  const { GlobalState, KustoCode, Symbols } = Kusto.Language;
  const table = (name: string) => Symbols.TableSymbol.From(COLUMNS)!.WithName(name)!;
  const database = new Symbols.DatabaseSymbol.ctor('arg', [
    table('resources'),
    table('kubernetesconfigurationresources'),
  ]);
  const globals = GlobalState.Default!.WithDatabase(database);
  const code = KustoCode.ParseAndAnalyze(query, globals)!;
  const diagnostics = code.GetDiagnostics()!;
  return Array.from({ length: diagnostics.Count }, (_, at) => diagnostics.getItem(at))
    .filter(({ Severity }) => Severity === 'Error')
    .map(({ Message }) => Message ?? 'no message');
}

/** The value of a string literal, as Microsoft's parser reads it. */
export function kqlStringValue(literal: string): string | null {
  return Kusto.Language.KustoFacts.GetStringLiteralValue(literal);
}
