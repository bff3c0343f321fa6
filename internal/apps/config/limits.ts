/** Bytes of a configuration file, and of the JSON of one that is a program. */
export const MAX_CONFIG_SIZE = 1024 ** 2;

/** Number of apps in one configuration. */
export const MAX_APPS = 1_000;
