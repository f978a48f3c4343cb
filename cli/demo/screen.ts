import { createLogUpdate } from 'log-update';
import type { Rollout } from './api.ts';
import { describeCounts, stageLines, statusLine } from './progress.ts';

/** Without a terminal a stage is told again at most this often while only its numbers change. */
const PLAIN_EVERY_MS = 5000;

/** Where progress is shown. */
export interface Screen {
  /** A line that stays, such as a failure with its reason. */
  tell(line: string): void;
  /** What is going on now; replaces what was shown before where that is possible. */
  show(rollout: Rollout): void;
  /** Nothing is shown any more after this. */
  end(): void;
}

/** Bars that move on a terminal; plain lines for logs, pipes and CI. */
export function openScreen(
  output: NodeJS.WriteStream,
  environment: Readonly<Record<string, string | undefined>>,
): Screen {
  const isCi = environment['CI'] !== undefined && environment['CI'] !== '';
  return output.isTTY && !isCi ? liveScreen(output) : plainScreen(output);
}

function liveScreen(output: NodeJS.WriteStream): Screen {
  const update = createLogUpdate(output);
  return {
    tell: (line) => update.persist(line),
    show: (rollout) => update([...stageLines(rollout), `  ${statusLine(rollout)}`].join('\n')),
    end: () => update.done(),
  };
}

function plainScreen(output: NodeJS.WriteStream): Screen {
  const shown = new Map<string, { phase: string; text: string; at: number }>();
  let status = '';
  return {
    tell: (line) => void output.write(`${line}\n`),
    show: (rollout) => {
      for (const stage of rollout.stages) {
        const { name, phase } = stage;
        const text = describeCounts(stage);
        const before = shown.get(name);
        const isOld = Date.now() - (before?.at ?? 0) >= PLAIN_EVERY_MS;
        const isNews = before?.phase !== phase ? phase !== 'Pending' : before.text !== text && isOld;
        if (!isNews) continue;
        shown.set(name, { phase, text, at: Date.now() });
        output.write(`  ${name}: ${phase}, ${text}\n`);
      }
      const isWaitingForAnother = `${rollout.status}/${rollout.waiting?.code ?? ''}` !== status;
      status = `${rollout.status}/${rollout.waiting?.code ?? ''}`;
      if (isWaitingForAnother) output.write(`  ${statusLine(rollout)}\n`);
    },
    end: () => undefined,
  };
}
