import { app as functions } from '@azure/functions';
import { refreshInventory } from '../src/app/fleet.ts';
import { app } from '../src/compose.ts';

functions.timer('refresh-inventory', {
  schedule: '30 */4 * * * *',
  handler: async () => {
    await refreshInventory(app().deps);
  },
});
