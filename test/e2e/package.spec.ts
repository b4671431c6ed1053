/** What a package lets nobody do: its fuses, read back from the executable. On a checkout there is no package to read. */
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from './electron';

/** The bytes of the fuse wire. */
const OFF = '0'.charCodeAt(0);
const ON = '1'.charCodeAt(0);

const executable = process.env['STRATA_TEST_PACKAGE'] ?? '';

if (executable === '') console.log('not run: the fuses of a package (npm run test:packaged makes one)');
else
  test('a package runs only its own archive, and is no Node', async () => {
    const wire = await getCurrentFuseWire(executable);
    expect(wire[FuseV1Options.RunAsNode]).toBe(OFF);
    expect(wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable]).toBe(OFF);
    expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(ON);
    expect(wire[FuseV1Options.GrantFileProtocolExtraPrivileges]).toBe(OFF);
  });
