import { app as functions } from '@azure/functions';
import { checkSettings } from '../src/load.ts';

// A process with wrong settings does not start, and says which they are.
functions.hook.appStart(() => checkSettings());
