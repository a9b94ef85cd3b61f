/** What a case may be about, and what its work needs to see. */
export interface Topic {
  readonly name: string;
  /** How often it comes up beside the other topics of its queue. */
  readonly weight: number;
  readonly needs: readonly string[];
  /** How long one sitting with it takes, median. */
  readonly minutes: number;
}

export interface QueueOffer {
  readonly name: string;
  readonly topics: readonly Topic[];
}

/** A kind of business: what its customers come with, and what its records hold. */
export interface Trade {
  readonly queues: readonly QueueOffer[];
  readonly fields: readonly string[];
  /** The topic that people come with when the papers write about a leak. */
  readonly worry: Topic;
  /** What a swindler pays for. */
  readonly wanted: readonly string[];
}

const complaint: Topic = { name: 'complaint', weight: 2, needs: ['name', 'email', 'address'], minutes: 9 };

/** A bank; its topics and fields are those of the field catalogue that the product ships. */
export const bankTrade: Trade = {
  queues: [
    {
      name: 'access',
      topics: [
        { name: 'account-access', weight: 6, needs: ['name', 'email', 'phone'], minutes: 6 },
        {
          name: 'identity-check',
          weight: 3,
          needs: ['name', 'date_of_birth', 'id_document_last4', 'address'],
          minutes: 9,
        },
      ],
    },
    {
      name: 'payments',
      topics: [
        {
          name: 'payment',
          weight: 6,
          needs: ['name', 'account_number', 'last_transaction', 'balance'],
          minutes: 7,
        },
        { name: 'fees', weight: 3, needs: ['name', 'account_number', 'balance'], minutes: 5 },
      ],
    },
    {
      name: 'cards',
      topics: [
        { name: 'card', weight: 1, needs: ['name', 'phone', 'last_transaction', 'address'], minutes: 5 },
      ],
    },
    {
      name: 'general',
      topics: [
        complaint,
        { name: 'technical', weight: 4, needs: ['name', 'email'], minutes: 6 },
        { name: 'other', weight: 3, needs: ['name'], minutes: 4 },
      ],
    },
  ],
  fields: [
    'name',
    'email',
    'phone',
    'address',
    'date_of_birth',
    'account_number',
    'account_opened',
    'balance',
    'last_transaction',
    'id_document_last4',
  ],
  worry: complaint,
  wanted: ['name', 'phone', 'email', 'balance', 'last_transaction', 'id_document_last4'],
};

const claim: Topic = { name: 'damage', weight: 2, needs: ['name', 'order', 'photo'], minutes: 14 };

/** A web shop that answers by mail: other topics, other fields, longer cases. */
export const shopTrade: Trade = {
  queues: [
    {
      name: 'orders',
      topics: [
        { name: 'where-is-it', weight: 7, needs: ['name', 'order', 'street'], minutes: 6 },
        { name: 'return', weight: 4, needs: ['name', 'order', 'street', 'iban_last4'], minutes: 10 },
        claim,
      ],
    },
    {
      name: 'billing',
      topics: [
        { name: 'invoice', weight: 4, needs: ['name', 'mail', 'order'], minutes: 8 },
        { name: 'refund', weight: 4, needs: ['name', 'order', 'card_last4', 'iban_last4'], minutes: 11 },
      ],
    },
    {
      name: 'accounts',
      topics: [
        { name: 'sign-in', weight: 5, needs: ['name', 'mail'], minutes: 5 },
        { name: 'privacy', weight: 1, needs: ['name', 'mail', 'street', 'mobile', 'birthday'], minutes: 18 },
      ],
    },
  ],
  fields: ['name', 'mail', 'mobile', 'street', 'birthday', 'order', 'card_last4', 'iban_last4', 'photo'],
  worry: { name: 'privacy', weight: 1, needs: ['name', 'mail', 'street', 'mobile', 'birthday'], minutes: 18 },
  wanted: ['name', 'mail', 'mobile', 'street', 'card_last4', 'order'],
};

/** All topics of a trade, by name. */
export const topicNamed = (trade: Trade, name: string): Topic | undefined =>
  trade.queues.flatMap(({ topics }) => topics).find((topic) => topic.name === name);
