import '@kusto/language-service-next/bridge.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.js';

/** The tables that queries of `infra/` and `docs/` read, with the columns that they may use. */
const TABLES = {
  // Traces of Application Insights in a workspace (Azure Monitor, "AppTraces").
  AppTraces: '(TimeGenerated:datetime, Message:string, SeverityLevel:int, Properties:dynamic, OperationId:string)',
  // The same: "AppRequests", "AppDependencies".
  AppRequests:
    '(TimeGenerated:datetime, Name:string, DurationMs:real, Success:bool, ResultCode:string, Id:string, ParentId:string, OperationId:string, AppRoleName:string, Properties:dynamic)',
  AppDependencies:
    '(TimeGenerated:datetime, Name:string, DurationMs:real, Success:bool, ResultCode:string, Id:string, ParentId:string, OperationId:string, AppRoleName:string, Target:string, Properties:dynamic)',
  kubernetesconfigurationresources:
    '(id:string, name:string, type:string, location:string, resourceGroup:string, subscriptionId:string, properties:dynamic)',
};

/** What Microsoft's own Kusto parser says about a query against those tables; empty when it is sound. */
export function kqlErrors(query: string): string[] {
  const { GlobalState, KustoCode, Symbols } = Kusto.Language;
  const tables = Object.entries(TABLES).map(([name, columns]) => Symbols.TableSymbol.From(columns)!.WithName(name)!);
  const globals = GlobalState.Default!.WithDatabase(new Symbols.DatabaseSymbol.ctor('logs', tables));
  const diagnostics = KustoCode.ParseAndAnalyze(query, globals)!.GetDiagnostics()!;
  return Array.from({ length: diagnostics.Count }, (_, at) => diagnostics.getItem(at))
    .filter(({ Severity }) => Severity === 'Error')
    .map(({ Message }) => Message ?? 'no message');
}
