// The organisation's object as far as it only narrows: its door, and the calls that need a session and no ceremony. The
// rest of it is durable-objects/organization.ts. The door is a field, not a method: nobody reaches it from outside.
import { DurableObject } from 'cloudflare:workers';
import type { Result } from '../../core/problems.ts';
import type { Env } from '../env.ts';
import { Journal } from '../journal.ts';
import { Door } from './door.ts';
import * as narrowing from './narrowing.ts';
import { openStore } from './store.ts';

type Answer<T> = Promise<Result<T>>;

export class Narrowed extends DurableObject<Env> {
  protected readonly door: Door;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const store = openStore(ctx.storage.sql);
    this.door = new Door({ ctx, env, store, journal: new Journal(ctx, env, 'organization') });
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  async revokePasskey(question: narrowing.Narrowing): Answer<{ id: string }> {
    return this.door.write((room) => narrowing.revokePasskey(room, question));
  }

  async removeMember(question: narrowing.Narrowing): Answer<{ id: string }> {
    return this.door.write((room) => narrowing.removeMember(room, question));
  }

  async lockMember(question: narrowing.Narrowing): Answer<{ id: string }> {
    return this.door.write((room) => narrowing.lockMember(room, question));
  }

  async endDelegation(question: narrowing.Narrowing): Answer<{ id: string }> {
    return this.door.write((room) => narrowing.endDelegation(room, question));
  }

  async revokeApiKey(question: narrowing.Narrowing): Answer<{ id: string }> {
    return this.door.write((room) => narrowing.revokeApiKey(room, question));
  }

  async revokeInvitation(question: narrowing.Narrowing): Answer<{ id: string }> {
    return this.door.write((room) => narrowing.revokeInvitation(room, question));
  }

  async disableEndpoint(question: narrowing.Narrowing): Answer<{ id: string }> {
    return this.door.write((room) => narrowing.disableEndpoint(room, question));
  }
}
