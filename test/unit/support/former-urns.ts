import type { Recorded } from './mocks.ts';

/** What a URN holds besides stack and project: the types from the outermost parent on, and the name. */
interface Place {
  /** Types of parents and resource, joined by `$`; those of parents only where it is a parent. */
  readonly types: string;
  readonly name: string;
}

const STACK = 'pulumi:pulumi:Stack';

/**
 * The names by which the engine knows each resource, as `types::name`: first its own, then those
 * that its aliases and its parents' aliases give it.
 */
export function formerUrns(resources: readonly Recorded[]): ReadonlyMap<Recorded, string[]> {
  const byMockUrn = new Map(resources.map((one) => [mockUrn(one), one]));
  const places = new Map<Recorded, readonly Place[]>();

  const parentPlaces = (urn: string): readonly Place[] => {
    const parent = byMockUrn.get(urn);
    return parent === undefined || parent.type === STACK ? [] : placesOf(parent);
  };
  const placesOf = (resource: Recorded): readonly Place[] => {
    const known = places.get(resource);
    if (known !== undefined) return known;
    const parents = parentPlaces(resource.parentUrn);
    const none = { name: '', type: '', parentUrn: '', noParent: false };
    const found = [none, ...resource.formerly].flatMap((former): readonly Place[] => {
      if (typeof former === 'string') {
        const [, , types = '', name = ''] = former.split('::');
        return [{ types, name }];
      }
      const type = former.type || resource.type;
      const place = (parent: Place | undefined, name: string) => ({
        types: parent === undefined ? type : `${parent.types}$${type}`,
        name,
      });
      const name = former.name || resource.name;
      if (former.noParent) return [place(undefined, name)];
      if (former.parentUrn !== '') return [place(parentPlaces(former.parentUrn)[0], name)];
      if (parents.length === 0) return [place(undefined, name)];
      // A child whose name starts with its parent's was renamed with it.
      const [own] = parents;
      return parents.map((parent) =>
        own !== undefined && former.name === '' && name.startsWith(own.name)
          ? place(parent, parent.name + name.slice(own.name.length))
          : place(parent, name),
      );
    });
    places.set(resource, found);
    return found;
  };
  return new Map(
    resources.map((one) => [one, placesOf(one).map(({ types, name }) => `${types}::${name}`)]),
  );
}

/** As the mocks of the SDK make it: the type of the nearest parent only. */
function mockUrn({ parentUrn, type, name }: Recorded): string {
  const parentType = parentUrn.split('::')[2]?.split('$').at(-1);
  const types = parentType === undefined ? type : `${parentType}$${type}`;
  return `urn:pulumi:stack::project::${types}::${name}`;
}
