/** `sda` … `sdz`, `sdaa` …: the name of disk number N, from 0. */
export const diskName = (number: number): string => {
  let letters = '';
  for (let rest = number; rest >= 0; rest = Math.floor(rest / 26) - 1) letters = String.fromCharCode(0x61 + (rest % 26)) + letters;
  return `sd${letters}`;
};

/** The number of a disk's name: the reverse of {@link diskName}. */
export const diskNumber = (name: string): number => {
  let number = 0;
  for (let at = 2; at < name.length; at += 1) number = number * 26 + name.charCodeAt(at) - 0x60;
  return number - 1;
};
