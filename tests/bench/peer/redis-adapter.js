// Keeps oidc-provider's records in Redis. Only what the implicit flow calls: nothing is consumed, and no user code is looked up.

import { Redis } from "ioredis";

const PREFIX = "oidc-provider:";

/** The class that oidc-provider makes one adapter of for each kind of record, all over one connection. */
export function redisAdapter(url) {
  // Commands of requests that are answered at the same time share one write.
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
