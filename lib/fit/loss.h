/* loss.h - squared error through the link, and its derivative. */
#ifndef CF_FIT_LOSS_H
#define CF_FIT_LOSS_H

/* Squared error of y = lo + (hi - lo) * sigmoid(z) against rating r; *dz is
 * its derivative by z: 2 (y - r) (hi - lo) s (1 - s). */
float cf_loss_mse_sigmoid(float z, float r, float lo, float hi, float *dz);

#endif
