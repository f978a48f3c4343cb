import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';
import rhea from 'rhea';
import type { Connection, Container, EventContext, Receiver, Sender, Session } from 'rhea';
import { answerPutToken, CBS_ADDRESS, MANAGEMENT_PATH } from './cbs.ts';
import { MESSAGE_BYTES_MAX } from './decode-message.ts';
import type { Entities } from './entities.ts';
import { amqpErrorOf, refusing } from './errors.ts';
import { answerManagement } from './management.ts';
import { openIncoming } from './open-incoming.ts';
import { openOutgoing } from './open-outgoing.ts';
import type { OpenLink } from './open-outgoing.ts';
import { serveRequests } from './requests.ts';
import { describeAttach } from './rhea-internals.ts';

/** What one client connection has open. */
interface ConnectionLinks {
  /** Links on which requests are answered, by the address the client listens at. */
  readonly replies: Map<string, Sender>;
  readonly outgoing: Map<Sender, OpenLink>;
}

/** Speaks AMQP 1.0 to Service Bus clients and routes their links to the entities. */
export class AmqpListener {
  readonly #entities: Entities;
  readonly #container: Container;
  readonly #connections = new Map<Connection, ConnectionLinks>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(entities: Entities) {
    this.#entities = entities;
    this.#container = rhea.create_container({
      autoaccept: false,
      treat_modified_as_released: false,
      tcp_no_delay: true,
    });
    this.#container.on('receiver_open', ({ receiver }: EventContext) => receiver && this.#openReceiver(receiver));
    this.#container.on('sender_open', ({ sender }: EventContext) => sender && this.#openSender(sender));
    this.#container.on('sender_close', ({ sender }: EventContext) => sender && this.#closeSender(sender));
    this.#container.on(
      'session_close',
      ({ connection, session }: EventContext) => session && this.#closeSession(connection, session),
    );
    this.#container.on('connection_close', ({ connection }: EventContext) => this.#lose(connection));
    this.#container.on('disconnected', ({ connection }: EventContext) => this.#lose(connection));
    // rhea ends a connection on which a handler failed; the reason must not vanish with it.
    this.#container.on('error', (error: Error) => process.emitWarning(error));
    this.#container.on('protocol_error', (error: Error) => process.emitWarning(error));
  }

  /** Port 0 takes a free port. Resolves with the port once clients can connect; rejects when the port is taken. */
  async listen(host: string, port: number): Promise<number> {
    this.#server = this.#container.listen({ host, port, receiver_options: { max_message_size: MESSAGE_BYTES_MAX } });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await once(this.#server, 'listening');
    return portOf(this.#server.address());
  }

  /** Tells clients that the broker goes away, then drops their connections. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    for (const connection of this.#connections.keys()) {
      connection.close({ condition: 'amqp:connection:forced', description: 'The broker is shutting down.' });
    }
    // rhea writes the close frames at the end of this tick.
    await new Promise(setImmediate);
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy(new Error('The broker was closed.'));
    await closed;
  }

  #openReceiver(receiver: Receiver): void {
    const address = addressOf(receiver.target);
    const links = this.#linksOf(receiver.connection);
    const replyLink = (replyTo: string) => links.replies.get(replyTo);
    refusing(
      () => {
        if (address === CBS_ADDRESS)
          serveRequests(receiver, replyLink, (request) => answerPutToken(request, this.#entities));
        else if (isManagement(address)) {
          const { queue } = this.#entities.find(address.slice(0, -MANAGEMENT_PATH.length));
          const holderOf = (linkName: string) => holderName(receiver.connection, linkName);
          serveRequests(receiver, replyLink, (request) => answerManagement(request, queue, holderOf));
        } else openIncoming(receiver, this.#entities.find(address).queue);
        receiver.set_target({ address });
      },
      (refusal) => receiver.close(amqpErrorOf(refusal)),
    );
  }

  #openSender(sender: Sender): void {
    const address = addressOf(sender.source);
    const links = this.#linksOf(sender.connection);
    if (address === CBS_ADDRESS || isManagement(address)) {
      links.replies.set(addressOf(sender.target) || sender.name, sender);
      sender.set_source({ address });
      describeAttach(sender, REPLY_SETTLEMENT);
      return;
    }
    refusing(
      () =>
        links.outgoing.set(
          sender,
          openOutgoing(sender, this.#entities.find(address), holderName(sender.connection, sender.name)),
        ),
      (refusal) => sender.close(amqpErrorOf(refusal)),
    );
  }

  #closeSender(sender: Sender): void {
    const links = this.#connections.get(sender.connection);
    links?.outgoing.get(sender)?.closed();
    links?.outgoing.delete(sender);
    links?.replies.delete(addressOf(sender.target) || sender.name);
  }

  /** A client may end a session without closing its links first. */
  #closeSession(connection: Connection, session: Session): void {
    for (const sender of this.#connections.get(connection)?.outgoing.keys() ?? []) {
      if (sender.session === session) this.#closeSender(sender);
    }
  }

  #lose(connection: Connection): void {
    const links = this.#connections.get(connection);
    this.#connections.delete(connection);
    for (const link of links?.outgoing.values() ?? []) link.lost();
  }

  #linksOf(connection: Connection): ConnectionLinks {
    const known = this.#connections.get(connection);
    if (known !== undefined) return known;
    const links: ConnectionLinks = { replies: new Map(), outgoing: new Map() };
    this.#connections.set(connection, links);
    return links;
  }
}

/**
 * Replies go out settled. A client that settles a reply has a small frame in flight when it sends its next request, and
 * Nagle's algorithm holds that back until the delayed acknowledgement comes: 40 ms for each request.
 */
const REPLY_SETTLEMENT = { snd_settle_mode: 1, rcv_settle_mode: 0 } as const;

/** Name of a link that is unique among all connections. */
function holderName(connection: Connection, linkName: string): string {
  return `${connection.options.id ?? connection.container_id}/${linkName}`;
}

function isManagement(address: string): boolean {
  return address.toLowerCase().endsWith(MANAGEMENT_PATH);
}

/** A terminus without address is legal AMQP; no entity has the empty name. */
function addressOf(terminus: { readonly address?: string } | null | undefined): string {
  return terminus?.address ?? '';
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('The broker listens on something that is not a port.');
}
