/**
 * Work on one company's data in one transaction. A service asks for the stores it touches and no others:
 * `InTenant<{ runs: RunStore; items: ItemStore }>`. Row-level security shows the work that company's rows alone.
 */
export type InTenant<Stores> = <T>(tenantId: string, work: (stores: Stores) => Promise<T>) => Promise<T>
