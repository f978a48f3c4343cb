import { app as functions } from '@azure/functions';
import { endTelemetry, observed } from '../src/load.ts';

// Whatever is registered, in whichever file: its invocations pass here.
functions.hook.preInvocation((invocation) => {
  invocation.functionHandler = observed(invocation.functionHandler);
});
functions.hook.appTerminate(() => endTelemetry());
