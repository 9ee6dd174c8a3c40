// The channels as plain settings: the composition root makes them of nxs.yaml. Times are milliseconds.

interface Named {
  readonly name: string;
}

export interface LogSettings extends Named {
  readonly type: 'log';
}

export interface CommandSettings extends Named {
  readonly type: 'command';
  readonly run: readonly string[];
  readonly timeout: number;
}

export interface WebhookSettings extends Named {
  readonly type: 'webhook';
  readonly format: 'json' | 'slack' | 'discord' | 'ntfy' | 'telegram';
  readonly url: string;
  readonly token: string | null;
  readonly chatId: string | null;
  readonly topic: string | null;
  readonly timeout: number;
}

export interface EmailSettings extends Named {
  readonly type: 'email';
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly timeout: number;
}

export type ChannelSettings = LogSettings | CommandSettings | WebhookSettings | EmailSettings;
