/**
 * The options of the connection to a destination: a part of the option table.
 *
 * @module
 */

import { CONNECTION, EVERY, optional, several, withDefault } from "./option_spec.ts";
import { FILE, TEXT, wholeNumber } from "./option_values.ts";

/** How a destination is reached. */
export const CONNECTION_OPTIONS = {
  sshPort: optional<number>({
    names: ["ssh-port"],
    short: "p",
    value: { ...wholeNumber(1, 65535), label: "PORT" },
    fallback: undefined,
    help: "The port of the ssh server. Default: 22, or what ssh's configuration says.",
    group: CONNECTION,
    commands: EVERY,
  }),
  sshIdentityFile: optional<string>({
    names: ["ssh-identity-file"],
    short: "i",
    value: FILE,
    fallback: undefined,
    help: "The private key to log in with.",
    group: CONNECTION,
    commands: EVERY,
  }),
  sshConfig: optional<string>({
    names: ["ssh-config"],
    value: FILE,
    fallback: undefined,
    help: "Another configuration file for ssh.",
    group: CONNECTION,
    commands: EVERY,
  }),
  sshOption: several({
    names: ["ssh-option"],
    value: { ...TEXT, label: "OPTION", accepts: "an option of ssh_config, as Name=value" },
    many: "repeat",
    fallback: [],
    help: "A further option for ssh, for instance --ssh-option=Compression=no. Repeatable.",
    group: CONNECTION,
    commands: EVERY,
  }),
  retries: withDefault<number>({
    names: ["retries"],
    value: wholeNumber(0, 100),
    fallback: 2,
    help: "How often to try again when the host cannot be reached.",
    group: CONNECTION,
    commands: EVERY,
  }),
  timeout: withDefault<number>({
    names: ["timeout"],
    value: { ...wholeNumber(4, 86_400), label: "SECONDS" },
    fallback: 60,
    help: "How long the host may be silent before the connection counts as dead.",
    group: CONNECTION,
    commands: EVERY,
  }),
} as const;
