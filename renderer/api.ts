/**
 * The page's only door to the main process: the contract's client over the transport of the preload script.
 *
 * Nothing else in the page sees the transport. Holds no state of the application.
 */
import type { contract, Directory } from '../shared/contract';
import { AppError } from '../shared/errors';
import { type Client, createClient, type Reply, type Transport } from '../shared/rpc';

declare global {
  interface Window {
    readonly transport: Transport;
    readonly openDropped: (callId: string, file: File) => Promise<Reply>;
  }
}

export interface Api extends Pick<Client<typeof contract>, 'call' | 'on'> {
  /** Opens what the user dropped on the window. @throws AppError */
  openDropped(file: File): Promise<Directory>;
}

export function createApi({ transport, openDropped }: Pick<Window, 'transport' | 'openDropped'>): Api {
  const client = createClient<typeof contract>(transport);
  return {
    call: client.call,
    on: client.on,
    async openDropped(file) {
      const reply = await openDropped(`dropped-${crypto.randomUUID()}`, file);
      if (!reply.ok) throw AppError.fromWire(reply.error);
      return reply.value as Directory;
    },
  };
}
