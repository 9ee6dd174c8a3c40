// What other programs get of our environment: never a token, a key or a proxy's password, which stand there for us alone.

/** What a program needs to find its files, its language and its session's bus (`systemctl --user`, `notify-send`). */
const KEPT =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LANG|LANGUAGE|LC_[A-Z]+|TZ|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_RUNTIME_DIR|DBUS_SESSION_BUS_ADDRESS)$/;

/** `also`: further names that this program needs. */
export function plainEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  also: RegExp = KEPT,
): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => KEPT.test(name) || also.test(name)));
}
