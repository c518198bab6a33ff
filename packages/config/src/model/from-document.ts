import { parseKernelNumber } from '@scst/sysfs';
import { type Diagnostic, type DiagnosticCode } from '../diagnostics.js';
import { type Document, type Statement } from '../syntax/document.js';
import type * as Model from './config.js';
import { attributesOf } from './config.js';
import { Locator, type LocationDetail } from './locator.js';
import { isTransportId, MAX_LUN, SESSION_TRANSPORT_ID } from './names.js';

export interface ModelResult {
  readonly config: Model.ScstConfig;
  /** What could not be understood. Parts that are wrong are left out of `config`. */
  readonly diagnostics: readonly Diagnostic[];
  /** Finds lines and columns of the parts of `config`. */
  readonly locator: Locator;
}

/** The configuration a document says. Its grammar is taken as judged by `parse`; what is malformed is passed over. */
export const fromDocument = (document: Document): ModelResult => {
  const reader = new ModelReader(document);
  return { config: reader.config(), diagnostics: reader.diagnostics, locator: reader.locator };
};

const NO_CHILDREN: readonly Statement[] = [];

class ModelReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly locator: Locator;
  readonly #document: Document;

  constructor(document: Document) {
    this.#document = document;
    this.locator = new Locator(document);
  }

  config(): Model.ScstConfig {
    const { statements } = this.#document;
    const alua = sections(statements, 'ALUA', 0)[0];
    return {
      attributes: this.#attributes(statements, ROOT_SECTIONS, undefined),
      handlers: sections(statements, 'HANDLER', 1).map((statement) => this.#handler(statement)),
      targetDrivers: sections(statements, 'TARGET_DRIVER', 1).map((statement) => this.#driver(statement)),
      deviceGroups: sections(statements, 'DEVICE_GROUP', 1).map((statement) => this.#deviceGroup(statement)),
      alua: alua === undefined ? attributesOf([]) : this.#attributes(childrenOf(alua), NONE, alua),
    };
  }

  #note<T extends object>(part: T, statement: Statement): T {
    this.locator.note(part, statement);
    return part;
  }

  #report(severity: 'error' | 'warning', code: DiagnosticCode, part: object, detail: LocationDetail, message: string, expected?: string): void {
    this.diagnostics.push({ severity, code, message, expected, ...this.locator.locate(part, detail) });
  }

  #attributes(statements: readonly Statement[], sectionNames: ReadonlySet<string>, parent: Statement | undefined): Model.Attributes {
    const pairs: [string, string][] = [];
    for (const { keyword, args } of statements) {
      if (keyword !== '' && args.length <= 1 && !sectionNames.has(keyword)) pairs.push([keyword, args[0] ?? '']);
    }
    const attributes = attributesOf(withoutRepeats(pairs));
    if (parent !== undefined) this.locator.note(attributes, parent);
    return attributes;
  }

  #handler(statement: Statement): Model.HandlerConfig {
    const children = childrenOf(statement);
    return this.#note(
      {
        name: statement.args[0] ?? '',
        attributes: this.#attributes(children, HANDLER_SECTIONS, statement),
        devices: sections(children, 'DEVICE', 1).map((device) => this.#device(device)),
      },
      statement,
    );
  }

  #device(statement: Statement): Model.DeviceConfig {
    return this.#note({ name: statement.args[0] ?? '', attributes: this.#attributes(childrenOf(statement), NONE, statement) }, statement);
  }

  #driver(statement: Statement): Model.TargetDriverConfig {
    const children = childrenOf(statement);
    return this.#note(
      {
        name: statement.args[0] ?? '',
        attributes: this.#attributes(children, DRIVER_SECTIONS, statement),
        targets: sections(children, 'TARGET', 1).map((target) => this.#target(target)),
      },
      statement,
    );
  }

  #target(statement: Statement): Model.TargetConfig {
    const children = childrenOf(statement);
    return this.#note(
      {
        name: statement.args[0] ?? '',
        hardware: children.some(({ keyword }) => keyword === 'HW_TARGET'),
        attributes: this.#attributes(children, TARGET_SECTIONS, statement),
        sessions: this.#sessions(children),
        luns: this.#luns(children),
        groups: sections(children, 'GROUP', 1).map((group) => this.#group(group)),
      },
      statement,
    );
  }

  #sessions(children: readonly Statement[]): Model.SessionConfig[] {
    const sessions: Model.SessionConfig[] = sections(children, 'session_name', 1).map((statement) => this.#note({ name: statement.args[0] ?? '' }, statement));
    for (const statement of sections(children, SESSION_TRANSPORT_ID, 1)) {
      const place = this.#note({}, statement);
      const [name = '', transportId = '', ...rest] = (statement.args[0] ?? '').split(/\s+/u);
      if (rest.length > 0 || !isTransportId(transportId)) {
        this.#report('error', 'bad-value', place, { word: 1 }, `“${statement.args[0] ?? ''}” is no session and TransportID`, '"NAME HEXADECIMAL-BYTES"');
        continue;
      }
      const index = sessions.findIndex((session) => session.name === name && session.transportId === undefined);
      const session = sessions[index];
      const origin = session === undefined ? undefined : this.locator.statement(session);
      if (session === undefined || origin === undefined) {
        this.#report('error', 'contradiction', place, { word: 1 }, `there is no session_name ${name} left for this TransportID`, `session_name ${name} in this TARGET`);
        continue;
      }
      sessions[index] = this.#note({ ...session, transportId: transportId.toLowerCase().replace(/^0x/u, '') }, origin);
    }
    return sessions;
  }

  #luns(children: readonly Statement[]): Model.LunConfig[] {
    const luns: Model.LunConfig[] = [];
    for (const statement of sections(children, 'LUN', 2)) {
      const [number = '', device = ''] = statement.args;
      const lun = parseKernelNumber(number, 'ulong');
      if (typeof lun === 'string' || lun > MAX_LUN) {
        this.#report('error', 'bad-lun', this.#note({}, statement), { word: 1 }, `“${number}” is no LUN`, `a number from 0 to ${MAX_LUN}`);
        continue;
      }
      luns.push(this.#note({ lun: Number(lun), device, attributes: this.#attributes(childrenOf(statement), NONE, statement) }, statement));
    }
    return luns;
  }

  #group(statement: Statement): Model.GroupConfig {
    const children = childrenOf(statement);
    return this.#note(
      {
        name: statement.args[0] ?? '',
        attributes: this.#attributes(children, GROUP_SECTIONS, statement),
        luns: this.#luns(children),
        initiators: sections(children, 'INITIATOR', 1).map((initiator): Model.InitiatorConfig =>
          this.#note({ name: initiator.args[0] ?? '', attributes: this.#attributes(childrenOf(initiator), NONE, initiator) }, initiator),
        ),
      },
      statement,
    );
  }

  #deviceGroup(statement: Statement): Model.DeviceGroupConfig {
    const children = childrenOf(statement);
    return this.#note(
      {
        name: statement.args[0] ?? '',
        attributes: this.#attributes(children, DEVICE_GROUP_SECTIONS, statement),
        devices: sections(children, 'DEVICE', 1).map(({ args }) => args[0] ?? ''),
        targetGroups: sections(children, 'TARGET_GROUP', 1).map((group) => this.#targetGroup(group)),
      },
      statement,
    );
  }

  #targetGroup(statement: Statement): Model.TargetGroupConfig {
    const children = childrenOf(statement);
    return this.#note(
      {
        name: statement.args[0] ?? '',
        attributes: this.#attributes(children, DRIVER_SECTIONS, statement),
        targets: sections(children, 'TARGET', 1).map((target): Model.TargetGroupTargetConfig =>
          this.#note({ name: target.args[0] ?? '', attributes: this.#attributes(childrenOf(target), NONE, target) }, target),
        ),
      },
      statement,
    );
  }
}

const NONE: ReadonlySet<string> = new Set();
const ROOT_SECTIONS: ReadonlySet<string> = new Set(['HANDLER', 'TARGET_DRIVER', 'DEVICE_GROUP', 'ALUA']);
const HANDLER_SECTIONS: ReadonlySet<string> = new Set(['DEVICE']);
const DRIVER_SECTIONS: ReadonlySet<string> = new Set(['TARGET']);
const TARGET_SECTIONS: ReadonlySet<string> = new Set(['LUN', 'GROUP', 'HW_TARGET', 'session_name', SESSION_TRANSPORT_ID]);
const GROUP_SECTIONS: ReadonlySet<string> = new Set(['LUN', 'INITIATOR']);
const DEVICE_GROUP_SECTIONS: ReadonlySet<string> = new Set(['DEVICE', 'TARGET_GROUP']);

const childrenOf = ({ children }: Statement): readonly Statement[] => children ?? NO_CHILDREN;

/** The statements of a keyword that have as many words as they need. */
const sections = (statements: readonly Statement[], keyword: string, words: number): readonly Statement[] =>
  statements.filter((statement) => statement.keyword === keyword && statement.args.length >= words);

/** The same value twice is one value, as scstadmin has it. */
const withoutRepeats = (pairs: [string, string][]): [string, string][] => {
  if (pairs.length < 2) return pairs;
  const seen = new Set<string>();
  return pairs.filter(([name, value]) => {
    const key = `${name}\n${value}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};
