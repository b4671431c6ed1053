/** `npm test`: the unit tests, then the window tests; the last line counts both. */
import { printVerdict, runUnitTests, runWindowTests } from './test-suites.mjs';

printVerdict([runUnitTests(), runWindowTests()]);
