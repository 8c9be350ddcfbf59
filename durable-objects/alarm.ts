// One owner of an object's one physical alarm. It is moved only earlier; one that comes early finds nothing due and
// arms again. Deadlines are judged by the stored times on every touch: the alarm only makes it happen without a touch.

/** What `arm` needs of an object's storage. */
type AlarmStorage = Pick<DurableObjectStorage, 'getAlarm' | 'setAlarm'>;

export class Alarm {
  /** What is armed, as far as this isolate knows; undefined until asked. Saves a read and a billed row per touch. */
  #armed: number | null | undefined;
  readonly #storage: AlarmStorage;

  constructor(storage: AlarmStorage) {
    this.#storage = storage;
  }

  /**
   * Makes the object wake at the earliest of these times.
   *
   * @param times milliseconds since the epoch; nulls are ignored
   */
  async arm(...times: (number | null)[]): Promise<void> {
    const wanted = times.filter((time) => time !== null);
    if (wanted.length === 0) return;
    const earliest = Math.min(...wanted);
    this.#armed ??= await this.#storage.getAlarm();
    if (this.#armed !== null && this.#armed <= earliest) return;
    this.#armed = earliest;
    await this.#storage.setAlarm(earliest);
  }

  /** To be called first in `alarm()`: the armed one is spent. */
  fired(): void {
    this.#armed = null;
  }
}
