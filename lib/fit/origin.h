/* origin.h - the model that training goes on from. What is learnt is a model of
 * the users and items of the given rows; where the old one has them they start
 * from it, and afterwards the two become one. */
#ifndef CF_FIT_ORIGIN_H
#define CF_FIT_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"

/* Which side of the model stays as it is. */
enum cf_freeze { CF_FREEZE_NONE, CF_FREEZE_USERS, CF_FREEZE_ITEMS };
/* Their names, NULL at the end. */
extern const char *const cf_freeze_names[];

struct cf_origin {
    const struct cf_model *model; /* the old one, borrowed */
    enum cf_freeze freeze;
    uint32_t *user, *item; /* the row in it of each row of the new one's side;
                              CF_NONE: it is new */
    uint64_t new_users, new_items;
    bool *idle_user, *idle_item; /* (n) it has no training row now */
};

/* Looks up the ids of m. CF_EDATA if users or items are new and have other
 * attributes than the old ones. o is to be freed after an error, too. */
int cf_origin_open(struct cf_origin *o, const struct cf_model *old,
                   enum cf_freeze freeze, const struct cf_model *m,
                   struct cf_err *err);
void cf_origin_free(struct cf_origin *o);

/* To the counts of m, which are of the rows that are learnt from now, adds the
 * old model's. Those that are new on a frozen side count as not learnt. */
void cf_origin_count(struct cf_origin *o, struct cf_model *m);
/* After that: what has no row now gets back what the old model has, because
 * nothing but decay has moved it. */
void cf_origin_restore(const struct cf_origin *o, struct cf_model *m);
/* Gives a frozen side of m its old cold bias and factors. */
void cf_origin_cold(const struct cf_origin *o, struct cf_model *m);
/* Makes of m the union: the old model's users and items, first and in their
 * order, with m's weights and counts where m has them, then those that only m
 * has; of seen items, if they are wanted, the old and the new ones. */
int cf_origin_join(const struct cf_origin *o, struct cf_model *m, bool seen,
                   struct cf_err *err);

#endif
