// Stores oidc-provider's records in Redis. It has only the methods of the implicit flow.

import { Redis } from "ioredis";

const PREFIX = "oidc-provider:";

/** Returns the class of adapters. oidc-provider makes one per kind of record; all use one connection. */
export function redisAdapter(url) {
  // Commands of concurrent requests share one write.
  const redis = new Redis(url, { enableAutoPipelining: true });

  return class RedisAdapter {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, expiresIn) {
      const writes = [redis.set(this.#key(id), JSON.stringify(payload), "EX", expiresIn)];
      if (this.model === "Session") {
        writes.push(redis.set(this.#key(`uid:${payload.uid}`), id, "EX", expiresIn));
      }
      await Promise.all(writes);
    }

    async find(id) {
      const found = await redis.get(this.#key(id));
      return found === null ? undefined : JSON.parse(found);
    }

    async findByUid(uid) {
      const id = await redis.get(this.#key(`uid:${uid}`));
      return id === null ? undefined : this.find(id);
    }

    async destroy(id) {
      await redis.del(this.#key(id));
    }

    #key(id) {
      return `${PREFIX}${this.model}:${id}`;
    }
  };
}
