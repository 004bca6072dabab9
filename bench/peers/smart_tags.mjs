// How tables are related where the database does not say so: across tenants, or without a foreign key of their own.
const to = (columns, goal, more) => `(${columns}) references ${goal}|${more}`;

export const smartTags = {
  version: 1,
  config: {
    class: {
      application: {
        tags: { foreignKey: [to("organiser_id, edition_id", "edition (tenant_id, id)", "@fieldName edition")] },
      },
      handover: {
        tags: {
          foreignKey: [to("tenant_id, application_id", "application (tenant_id, id)", "@fieldName application")],
        },
      },
      drift: {
        tags: { foreignKey: [to("tenant_id, handover_id", "handover (tenant_id, id)", "@foreignFieldName drift")] },
      },
      funding_record: {
        tags: { foreignKey: [to("tenant_id, person_id", "person (tenant_id, id)", "@fieldName person")] },
      },
      "bench_peer.viewer": { tags: { foreignKey: [to("tenant_id", "public.tenant (id)", "@fieldName tenant")] } },
      "bench_peer.place": { tags: { foreignKey: [to("tenant_id", "public.tenant (id)", "@fieldName tenant")] } },
    },
    procedure: {
      "bench_peer.viewer": { tags: { name: "viewer" } },
      "bench_peer.register_search": { tags: { name: "register_search" } },
      "bench_peer.recommend_application": { tags: { name: "recommend_application" } },
    },
  },
};
