// One cold start, as the platform's Node worker makes it: answers `require('@azure/functions-core')`, loads the bundle that
// argv names, and prints when (ms since 1970) all functions were registered, when the settings could be read (which a start waits for),
// and when what the functions call was loaded too.
const Module = require('node:module');

let functions = 0;
class Disposable {
  dispose() {}
}
const core = {
  Disposable,
  version: 'bench',
  hostVersion: 'bench',
  registerFunction: () => {
    functions += 1;
    return new Disposable();
  },
  registerHook: () => new Disposable(),
  setProgrammingModel: () => undefined,
  getProgrammingModel: () => undefined,
  log: () => undefined,
};
const original = Module.prototype.require;
Module.prototype.require = function require(id) {
  return id === '@azure/functions-core' ? core : original.call(this, id);
};

const now = () => performance.timeOrigin + performance.now();
const [, , main, settings, application] = process.argv;
require(main);
const registeredAt = now();
require(settings);
const startedAt = now();
require(application);
console.log(JSON.stringify({ functions, registeredAt, startedAt, loadedAt: now() }));
// Nothing that was loaded may keep the process.
process.exit();
