/** Marks values that must never show up in anything but a body on its way to Azure. */
export const SECRET_TOKEN = 'secret-5b1d-never-leak';

const VAULT = 'https://fleet.vault.azure.net/secrets';

/** What is in the vault of every run. */
export const SECRETS: Readonly<Record<string, string>> = {
  [`${VAULT}/git-key`]: `${SECRET_TOKEN}-git`,
  [`${VAULT}/chart-key`]: `${SECRET_TOKEN}-chart`,
};

export const GIT_KEY = `${VAULT}/git-key`;
export const CHART_KEY = `${VAULT}/chart-key`;
